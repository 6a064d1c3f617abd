#include <string>

#include "console/assets.hpp"
#include "report/html_style.hpp"

namespace clawback::console {
namespace {

constexpr std::string_view more = R"css(
:root{--link:#0a4fa8;--focus:#0a4fa8}
@media (prefers-color-scheme:dark){:root{--link:#8abaff;--focus:#8abaff}}
body{max-width:80rem}
a{color:var(--link)}a:hover{text-decoration-thickness:.15em}
:focus-visible{outline:.2rem solid var(--focus);outline-offset:.15rem}
main:focus{outline:none}
.skip{position:absolute;left:-99rem;top:.5rem;background:var(--ground);padding:.4rem .8rem}
.skip:focus{left:1rem}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.3rem 1.2rem;border-bottom:1px solid var(--line);
padding-bottom:.6rem;margin-bottom:1.2rem}
.bar p{margin:0}.bar .brand{font-weight:700;color:var(--ink)}.brand span{font-weight:400;color:var(--soft)}
.bar nav{flex:1 1 20rem}.bar ul{display:flex;flex-wrap:wrap;gap:.1rem .9rem;list-style:none;margin:0;padding:0}
.bar li a{display:inline-block;padding:.35rem 0}.bar a[aria-current]{font-weight:700;color:var(--ink)}
.soft{color:var(--soft)}
.filter{display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:end;background:var(--panel);
border:1px solid var(--line);border-radius:.5rem;padding:.6rem .9rem;margin:.8rem 0}
.filter p{margin:0}.filter a{margin-left:.8rem}
label{display:block;font-weight:600}
input,select,textarea,button{font:inherit;color:var(--ink);background:var(--ground);
border:1px solid var(--soft);border-radius:.3rem;padding:.35rem .6rem;max-width:100%}
textarea{width:100%;max-width:44rem}
button{cursor:pointer;background:var(--panel);font-weight:600;min-height:2.4rem}
button.approve{background:var(--good);border-color:var(--good);color:var(--ground)}
button.reject{background:var(--alert);border-color:var(--alert);color:var(--ground)}
button.quiet{font-weight:400}
.digest{font-size:1.25rem;line-height:1.5;overflow-wrap:anywhere}
.digest code{font-size:1em}
.paging a{display:inline-block;padding:.35rem .8rem .35rem 0}
progress{width:min(30rem,100%);height:1.2rem;vertical-align:middle}
.phase-done,.phase-satisfied{color:var(--good)}
.phase-failed,.phase-unverified{color:var(--alert)}
.phase-skipped,.phase-intended,.phase-acknowledged{color:var(--watch)}
@media print{.bar nav,.bar form,.filter,.decide,.skip,.paging{display:none}}
)css";

}  // namespace

std::string_view style() {
  static const std::string all = std::string(report::report_style()) + std::string(more);
  return all;
}

}  // namespace clawback::console
