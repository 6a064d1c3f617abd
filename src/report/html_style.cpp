#include "report/html_style.hpp"

namespace clawback::report {
namespace {

constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--ground:#fff;--panel:#f6f8fa;
--alert:#a40e26;--watch:#7d4e00;--info:#57606a;--good:#116329}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--line:#3a424c;--ground:#0f141a;
--panel:#171d25;--alert:#ff9492;--watch:#f0b849;--info:#9da7b3;--good:#6fdd8b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0}h2{font-size:1.25rem;margin:2.25rem 0 .5rem;
border-bottom:1px solid var(--line);padding-bottom:.3rem}h3{font-size:1.08rem;margin:1.6rem 0 .4rem}
h4{font-size:1rem;margin:1rem 0 .3rem}p{margin:.4rem 0}header p{color:var(--soft)}
.figures{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0;padding:0;list-style:none}
.figures li{border:1px solid var(--line);border-radius:.5rem;padding:.5rem 1rem;min-width:8rem;
background:var(--panel)}.figures b{display:block;font-size:1.7rem;line-height:1.2}
.alert{color:var(--alert)}.watch{color:var(--watch)}.info{color:var(--info)}.good{color:var(--good)}
.note{border-left:.3rem solid var(--watch);background:var(--panel);padding:.5rem .9rem;margin:.8rem 0}
.stop{border-left-color:var(--alert)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0}
caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line);
overflow-wrap:break-word;min-width:4rem;max-width:28rem}td code{overflow-wrap:anywhere}thead th{color:var(--soft);font-weight:600;white-space:nowrap}tbody th{font-weight:600}
dl{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:.2rem .9rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code,pre{font:.92em/1.45 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
pre{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;margin:.4rem 0;
white-space:pre-wrap;overflow-wrap:anywhere}
article{border:1px solid var(--line);border-radius:.5rem;padding:.2rem 1rem .8rem;margin:1rem 0}
footer{margin-top:2.5rem;color:var(--soft);font-size:.9rem;border-top:1px solid var(--line)}
figure{margin:.6rem 0}figcaption{color:var(--soft);font-size:.9rem}
.timeline svg{display:block;overflow:visible;font:12px system-ui,"Segoe UI",Roboto,sans-serif}
svg text{fill:var(--soft);stroke:none}svg .lane{fill:var(--ink);font-weight:600}svg .count{fill:var(--ink);font-weight:600}
svg .base{stroke:var(--line);stroke-width:2}svg .none{stroke:var(--line);stroke-width:2;stroke-dasharray:2 5}
svg .tick{stroke:var(--line)}svg .gap{stroke:var(--soft);stroke-width:2;stroke-dasharray:5 5}
svg .between{fill:var(--watch);opacity:.55}svg .mark{fill:currentColor;stroke:var(--ground);stroke-width:1.5}
svg .hollow{fill:var(--ground);stroke:currentColor;stroke-width:2}svg .on{fill:none;stroke:var(--ground);stroke-width:2.2}
svg .cross{fill:none;stroke:currentColor;stroke-width:3.2}
@media (max-width:40rem){body{padding:.9rem}dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#333;--line:#999;--ground:#fff;--panel:#fff;
--alert:#8c0018;--watch:#5c3a00;--info:#333;--good:#0b4a20}body{max-width:none;padding:0;font-size:10pt}
article,tr,pre{break-inside:avoid}h2,h3,h4{break-after:avoid}.scroll{overflow:visible}}
)css";

}  // namespace

std::string_view report_style() { return style; }

}  // namespace clawback::report
