package page

// sheet is the page's style. Colours of signs have a contrast of 3 to 1 at least, those of words of 4.5 to 1.
const sheet = `
:root{color-scheme:light dark;--back:#ffffff;--card:#f6f8fa;--text:#1f2328;--soft:#59636e;--edge:#d1d9e0;--link:#0969da;
--good:#1a7f37;--bad:#cf222e;--going:#0969da;--again:#8250df;--ended:#6e7781;--lock:#9a6700;--freeze:#0b7285;--ran:#4ac26b;--old:#b5bfc9;--older:#d1d9e0}
@media (prefers-color-scheme:dark){:root{--back:#0d1117;--card:#151b23;--text:#f0f6fc;--soft:#9198a1;--edge:#3d444d;--link:#4493f8;
--good:#3fb950;--bad:#f85149;--going:#4493f8;--again:#ab7df8;--ended:#8b949e;--lock:#d29922;--freeze:#39c5cf;--ran:#238636;--old:#565f69;--older:#3d444d}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:80rem;padding:1.5rem 1rem 2rem;background:var(--back);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2;margin:0}
h2{font-size:1.25rem;margin:2.25rem 0 .5rem}
h3{font-size:1rem;line-height:1.3;margin:0}
p{margin:0}
a{color:var(--link)}
h1,h2,h3,th{font-weight:600}
code{font:.875em/1 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.about{color:var(--soft);margin:.25rem 0 0}
.shapes{position:absolute}
.chips,.legend,.notes,ol{list-style:none;padding:0;margin:0}
.chips{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:1rem}
.chip{display:inline-flex;align-items:center;gap:.375rem;padding:.125rem .75rem;border:1px solid var(--edge);border-radius:1rem;background:var(--card)}
.notes{margin-top:1.25rem;padding:.75rem 1rem;border:1px solid var(--edge);border-left:4px solid var(--lock);border-radius:6px;background:var(--card)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;color:var(--soft);font-size:.875rem;margin-bottom:.75rem}
.legend li{display:inline-flex;align-items:center;gap:.375rem}
.sign{width:1em;height:1em;flex:none;vertical-align:-.125em}
.swatch{width:24px;height:15px;flex:none;vertical-align:-.2em}
.good{fill:var(--good)}.bad{fill:var(--bad)}.going{fill:var(--going)}.back{fill:var(--again)}.ended{fill:var(--ended)}.nothing{fill:var(--soft)}
.ran{fill:var(--ran)}.ran.earlier{fill:var(--old)}.ran.other{fill:var(--older)}
.freeze{fill:url(#hatch);stroke:var(--freeze)}.hatch{fill:var(--freeze)}
.lock{fill:var(--lock)}
.mark{stroke:var(--back);stroke-width:2px;paint-order:stroke}
.row{display:grid;grid-template-columns:17rem minmax(0,1fr);gap:0 1.25rem;padding:.75rem 0;border-top:1px solid var(--edge)}
.axis-row{position:sticky;top:0;z-index:1;background:var(--back);padding:.25rem 0;border:0}
.zone{color:var(--soft);font-size:.75rem;align-self:center}
.axis{display:block}
.axis text{fill:var(--soft);font-size:12px}
.now{font-size:.875rem;color:var(--soft);margin-top:.25rem}
.now .sign,.now .swatch{margin-right:.375rem}
.lane{display:block;overflow:visible}
.line{stroke:var(--edge);stroke-width:1px}
.today{stroke:var(--text);stroke-width:1px;stroke-dasharray:3 3}
details{font-size:.875rem;color:var(--soft)}
summary{cursor:pointer;width:fit-content}
ol li{padding:.25rem 0;color:var(--text)}
ol .sign,td .sign{margin-right:.375rem}
table{width:100%;table-layout:fixed;border-collapse:collapse;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-bottom:1px solid var(--edge)}
thead th{color:var(--soft);border-bottom-width:2px}
thead th:nth-child(3){width:19%}
thead th:nth-child(4){width:9%}
thead th:last-child{width:17%}
.over{margin:1.5rem 0 .5rem}
.small{fill:var(--text);font-size:12px}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 2rem}
.plain{padding-left:1.25rem;margin:1rem 0 0;color:var(--soft);font-size:.875rem}
.numbers thead th:nth-child(n){width:auto}
.numbers thead th:first-child{width:34%}
.there{display:inline-block}
footer{margin-top:2.5rem;color:var(--soft);font-size:.875rem}
@media (max-width:46rem){
.row{grid-template-columns:minmax(0,1fr);gap:.375rem}
.pair{grid-template-columns:minmax(0,1fr)}
.zone{display:none}
.minor{display:none}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,th,td{display:block}
tbody tr{border:1px solid var(--edge);border-radius:6px;margin-bottom:.75rem;padding:.5rem .75rem;background:var(--card)}
tbody th{font-size:1rem}
tbody th,td{border:0;padding:.125rem 0}
td{display:grid;grid-template-columns:4rem minmax(0,1fr);gap:.5rem}
td::before{content:attr(data-label);color:var(--soft)}
}
`
