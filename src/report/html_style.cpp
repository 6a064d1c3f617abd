#include "report/html_style.hpp"

namespace clawback::report {
namespace {

// Contrast of every text on what it stands on is at least 4.5:1 (WCAG 2.2 AA), light and dark.
constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--ground:#fff;--panel:#f6f8fa;
--alert:#a40e26;--watch:#7d4e00;--info:#57606a;--good:#116329;--link:#0550ae}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--line:#3a424c;--ground:#0f141a;
--panel:#171d25;--alert:#ff9492;--watch:#f0b849;--info:#9da7b3;--good:#6fdd8b;--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:0}h2{font-size:1.25rem;margin:2.25rem 0 .5rem;
border-bottom:1px solid var(--line);padding-bottom:.3rem}h3{font-size:1.08rem;margin:1.6rem 0 .4rem}
h4{font-size:1rem;margin:1.3rem 0 .3rem}p{margin:.4rem 0}header p{color:var(--soft)}
a{color:var(--link)}:focus-visible{outline:2px solid var(--link);outline-offset:2px}main:focus{outline:none}
.skip{position:absolute;left:-99rem}.skip:focus{left:.5rem;top:.5rem;background:var(--ground);padding:.3rem .6rem}
.report nav ol{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:.6rem 0;padding:0;list-style:none}
.figures{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0;padding:0;list-style:none}
.figures li{border:1px solid var(--line);border-radius:.5rem;padding:.5rem 1rem;min-width:7.5rem;
background:var(--panel)}.figures b{display:block;font-size:1.7rem;line-height:1.2}
.alert{color:var(--alert)}.watch{color:var(--watch)}.info{color:var(--info)}.good{color:var(--good)}
.note{border-left:.3rem solid var(--watch);background:var(--panel);padding:.5rem .9rem;margin:.8rem 0}
.stop{border-left-color:var(--alert)}.points{color:var(--watch);font-weight:400;font-size:.88em}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0}
caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line);
overflow-wrap:break-word;min-width:4rem;max-width:28rem}td code{overflow-wrap:anywhere}
thead th{color:var(--soft);font-weight:600;white-space:nowrap}tbody th{font-weight:600}
dl{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:.2rem .9rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0;min-width:0}
code,pre{font:.92em/1.45 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
pre{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;margin:.4rem 0;
white-space:pre-wrap}dd pre{margin:0}
article{border:1px solid var(--line);border-radius:.5rem;padding:.2rem 1rem .8rem;margin:1rem 0}
article.alert-case{border-left:.35rem solid var(--alert)}article.watch-case{border-left:.35rem solid var(--watch)}
.action{border-top:1px solid var(--line);margin-top:1.2rem}
.report article,.part{content-visibility:auto;contain-intrinsic-size:auto 60rem}
footer{margin-top:2.5rem;color:var(--soft);font-size:.9rem;border-top:1px solid var(--line)}
)css"
                                   // Pictures.
                                   R"css(
figure{margin:.6rem 0}figcaption{color:var(--soft);font-size:.9rem;margin-top:.3rem}
figure>svg{display:block;overflow:visible;font:12px system-ui,"Segoe UI",Roboto,sans-serif}
svg text{fill:var(--soft);paint-order:stroke;stroke:var(--ground);stroke-width:3px}svg .lane,svg .count,svg .name{fill:var(--ink);font-weight:600}
svg .base{stroke:var(--line);stroke-width:2}svg .none{stroke:var(--line);stroke-width:2;stroke-dasharray:2 5}
svg .tick{stroke:var(--line)}svg .gap{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:4 5}
svg .between{fill:var(--watch);opacity:.55}svg .mark,svg.mark{fill:currentColor;stroke:var(--ground);stroke-width:1.5}
svg .hollow{fill:var(--ground);stroke:currentColor;stroke-width:2}svg .on{fill:none;stroke:var(--ground);stroke-width:2.2}
svg .cross{fill:none;stroke:currentColor;stroke-width:3.2}svg.key{vertical-align:-5px;margin-left:.5rem}
)css"
                                   // A phone, and paper.
                                   R"css(
@media (max-width:40rem){body{padding:.9rem}dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}
article{padding:.2rem .7rem .7rem}td{min-width:6.5rem}.figures{gap:.5rem}.figures li{min-width:6rem;flex:1;padding:.4rem .7rem}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#333;--line:#999;--ground:#fff;--panel:#fff;
--alert:#8c0018;--watch:#5c3a00;--info:#333;--good:#0b4a20;--link:#000}
@page{margin:12mm}body{max-width:none;padding:0;font-size:10pt}.skip,.report nav{display:none}a{text-decoration:none}
.report article,.part{content-visibility:visible}.scroll{overflow:visible}
th,td{min-width:1.7cm;max-width:none;overflow-wrap:anywhere;font-size:8.5pt;padding:.2rem .35rem}thead th{white-space:normal}
tr,pre,figure,.figures li,.note{break-inside:avoid}h2,h3,h4,caption{break-after:avoid}thead{display:table-header-group}
tbody tr:first-child{break-before:avoid}}
)css";

}  // namespace

std::string_view report_style() { return style; }

}  // namespace clawback::report
