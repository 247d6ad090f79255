/** The style of the HTML report. Colours have a contrast of at least 4.5 in both schemes, and no meaning of their own. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --dim: #59636e; --line: #d1d9e0; --ground: #ffffff; --soft: #f6f8fa;
  --bad: #b42318; --warn: #8a4b00; --good: #067647; --add: #dafbe1; --del: #ffebe9; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9198a1; --line: #3d444d; --ground: #0d1117; --soft: #151b23;
  --bad: #ff8f85; --warn: #f0b24a; --good: #56d48a; --add: #12361f; --del: #491b1c; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0 0 .4rem; font-weight: 600; }
small { font-weight: 400; margin-left: .4rem; }
p { margin: .4rem 0; }
a { color: var(--link); }
code, pre { font: .87em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--soft); border-radius: 4px; padding: .1em .35em; overflow-wrap: break-word; }
.dim { color: var(--dim); }
.warn { color: var(--warn); }
.verdict { display: inline-block; border: 2px solid; border-radius: 6px; padding: 0 .5rem; margin-right: .3rem; }
.verdict.fail { color: var(--bad); }
.verdict.pass { color: var(--good); }
.tiles { list-style: none; display: flex; flex-wrap: wrap; gap: .6rem; padding: 0; margin: 1.25rem 0 0; }
.tiles li { border: 1px solid var(--line); border-radius: 8px; padding: .5rem .9rem; color: var(--dim); }
.tiles b { display: block; font-size: 1.3rem; line-height: 1.2; color: var(--text); }
.tiles .bad b { color: var(--bad); }
.tiles .good b { color: var(--good); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; font-size: .87em; }
article { border: 1px solid var(--line); border-left: 4px solid var(--dim); border-radius: 8px; padding: .9rem 1.1rem; margin: 0 0 1rem; }
article.critical, article.high { border-left-color: var(--bad); }
article.medium { border-left-color: var(--warn); }
article.critical .severity, article.high .severity { color: var(--bad); }
article.medium .severity { color: var(--warn); }
.path ol { margin: .3rem 0 .6rem; padding-left: 1.4rem; }
.path li.deny { color: var(--good); }
.path li.unknown { color: var(--warn); }
summary { cursor: pointer; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto; margin: .6rem 0 0; }
pre .add { background: var(--add); }
pre .del { background: var(--del); }
pre .hunk { color: var(--dim); }
`
