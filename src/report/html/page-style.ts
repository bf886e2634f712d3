/** The page's looks: light and dark, from 400 px of width. */
export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b1f27; --quiet: #5b6472; --line: #d9dee6; --soft: #eef1f5;
  --accent: #1f5fd0; --current: #e3edff; --good: #0f6b3c; --good-soft: #dff3e7; --bad: #b3261e; --bad-soft: #fde5e3;
  --warn: #7a4b00; --warn-soft: #fff0d1;
  --lane-0: #1f5fd0; --lane-1: #9a3fb0; --lane-2: #0b7a75; --lane-3: #a2550b;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151b; --card: #1a1e26; --ink: #e6e9ef; --quiet: #9aa4b4; --line: #323946; --soft: #232934;
    --accent: #7db0ff; --current: #22365a; --good: #77d5a0; --good-soft: #173626; --bad: #ff9a91; --bad-soft: #45211f;
    --warn: #f4c168; --warn-soft: #3d2f12;
    --lane-0: #7db0ff; --lane-1: #dc9bf0; --lane-2: #62d0c9; --lane-3: #f0ac66;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; }
header, main { max-width: 1760px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 24px; display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 20px; }
h1 { font-size: 22px; margin: 0; }
h2 { font-size: 17px; margin: 0; display: inline; overflow-wrap: anywhere; }
h3 { font-size: 15px; margin: 20px 0 6px; overflow-wrap: anywhere; }
p { margin: 4px 0; max-width: 100ch; overflow-wrap: anywhere; }
.counts, .seed, .under, .extent, .hint { color: var(--quiet); }
.under { font-weight: 400; }
.seed { font-size: 13px; overflow-wrap: anywhere; }
.warning { flex-basis: 100%; color: var(--warn); font-weight: 600; }
code, kbd { font-family: var(--mono); font-size: 12.5px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
a { color: var(--accent); }

section, .result { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; margin: 16px 0; }
.result { scroll-margin-top: 12px; }
summary { cursor: pointer; }
summary .badge { margin-left: 8px; }
.badge { display: inline-block; padding: 0 9px; border-radius: 99px; font-size: 13px; font-weight: 600; }
.badge.holds { background: var(--good-soft); color: var(--good); }
.badge.violated { background: var(--bad-soft); color: var(--bad); }
.badge.unknown { background: var(--warn-soft); color: var(--warn); }
.expectation.unmet { color: var(--bad); font-weight: 600; }
.expectation.met { color: var(--good); }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
.plain th, .plain td { text-align: left; padding: 4px 20px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
.plain th { font-weight: 600; color: var(--quiet); font-size: 13px; }
.plain tbody tr:last-child td { border-bottom: 0; }
.plain .number { text-align: right; font-variant-numeric: tabular-nums; }

.counterexample { border-top: 1px solid var(--line); margin-top: 14px; }
.counterexample h3 { color: var(--bad); font-size: 17px; margin-top: 14px; }
.property { color: var(--quiet); }
.property::before { content: 'property: '; font-weight: 600; }
.message { font-weight: 600; }
.facts { padding-left: 18px; margin: 12px 0; }
.facts li { margin: 2px 0; white-space: pre-line; overflow-wrap: anywhere; }
.command { background: var(--soft); padding: 2px 6px; border-radius: 4px; }
.tolerated { padding-left: 18px; color: var(--quiet); }

.controls { display: flex; align-items: center; flex-wrap: wrap; gap: 8px; margin: 12px 0 8px; }
.controls[hidden] { display: none; }
.controls button { font: inherit; font-size: 13px; min-width: 44px; height: 36px; color: var(--ink); background: var(--soft); border: 1px solid var(--line); border-radius: 8px; cursor: pointer; }
.controls button:hover { border-color: var(--accent); }
.controls button[aria-disabled='true'] { color: var(--line); background: none; cursor: default; }
.position { min-width: 150px; text-align: center; font-variant-numeric: tabular-nums; font-weight: 600; }
.hint { font-size: 12px; margin-left: 8px; }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 5px; background: var(--soft); }

.panes { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; }
.pane { position: relative; overflow: auto; max-height: min(70vh, 760px); border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
.pane[hidden] { display: none; }
@media (min-width: 800px) {
  .live .panes { grid-template-columns: minmax(0, 1fr) 340px; }
  .passing { grid-column: 1 / -1; }
}
@media (min-width: 1360px) {
  .live.compares .panes { grid-template-columns: minmax(0, 1fr) 340px minmax(0, 1fr); }
  .passing { grid-column: auto; }
}

.schedule { width: 100%; table-layout: fixed; }
.schedule caption { text-align: left; padding: 8px 10px 4px; font-size: 13px; font-weight: 600; color: var(--quiet); }
.schedule thead th { position: sticky; top: 0; background: var(--card); text-align: left; font-size: 13px; padding: 4px 8px; box-shadow: inset 0 -1px 0 var(--line); z-index: 1; overflow-wrap: anywhere; }
.schedule .numbers { width: 44px; }
.schedule thead th:first-child { text-align: right; }
.schedule td { padding: 2px 8px; vertical-align: top; overflow-wrap: anywhere; }
.schedule td:first-child { text-align: right; }
.index { color: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums; }
.live .violating .step { cursor: pointer; }
.lane { border-left: 3px solid transparent; }
.step .lane, .operation .lane { border-left-color: var(--lane); }
.lane-0 { --lane: var(--lane-0); } .lane-1 { --lane: var(--lane-1); } .lane-2 { --lane: var(--lane-2); } .lane-3 { --lane: var(--lane-3); }
.operation td { padding-top: 6px; font-weight: 600; font-size: 13px; color: var(--lane); }
.step code { display: block; }
.idle code { color: var(--quiet); }
.changes code { font-weight: 600; }
.note { display: inline-block; margin: 1px 0 3px; padding: 0 7px; border-radius: 4px; background: var(--warn-soft); color: var(--warn); font-size: 12.5px; }
.differs { display: inline-block; margin: 3px 0 1px; padding: 0 7px; border-radius: 4px; background: var(--good-soft); color: var(--good); font-size: 12.5px; font-weight: 600; }
.switch .wide { color: var(--quiet); font-size: 12.5px; font-style: italic; padding: 6px 8px; border-top: 1px dashed var(--line); }
.no-return .wide { color: var(--bad); font-size: 12.5px; font-weight: 600; border-top: 2px solid var(--bad); padding-top: 4px; }
.common code { font-weight: 400; color: var(--quiet); }
.live .violating .ahead code { font-weight: 400; }
.live .violating .ahead:not(.idle) code, .live .violating .ahead .note { opacity: .7; }
.step.current td { background: var(--current); }
.step.current code { color: var(--ink); opacity: 1; }
.step.current .index { color: var(--ink); font-weight: 700; box-shadow: inset 4px 0 0 var(--accent); }

.memory { padding: 0 12px 12px; }
.memory .caption { position: sticky; top: 0; z-index: 1; background: var(--card); font-size: 13px; font-weight: 600; color: var(--quiet); padding: 8px 0 4px; }
.word { border: 1px solid var(--line); border-radius: 6px; padding: 5px 9px; margin: 6px 0; }
.word.touched { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.word.changed { background: var(--current); }
.name { font-family: var(--mono); font-size: 12.5px; font-weight: 600; overflow-wrap: anywhere; }
.mark { font-family: system-ui, sans-serif; font-size: 11.5px; font-weight: 600; color: var(--accent); float: right; }
.value { font-size: 13px; overflow-wrap: anywhere; }
.value del { color: var(--quiet); }
.value ins { font-weight: 700; text-decoration: none; }
.bits { display: flex; flex-wrap: wrap; gap: 4px; margin: 4px 0 2px; }
.bit { font-size: 12px; padding: 0 7px; border: 1px solid var(--line); border-radius: 4px; color: var(--quiet); background: var(--card); white-space: nowrap; }
.bit.set { color: var(--ink); border-color: var(--quiet); background: var(--soft); font-weight: 600; }
.bit.changed { color: var(--card); background: var(--accent); border-color: var(--accent); font-weight: 700; }

@media (max-width: 620px) {
  header, main { padding-left: 10px; padding-right: 10px; }
  header { padding-top: 14px; }
  section, .result { padding: 10px 11px; }
  .pane { max-height: 52vh; }
  .memory { max-height: 40vh; }
  .hint { display: none; }
  .position { min-width: 0; flex: 1; font-size: 13.5px; }
  .schedule, .schedule tbody { display: block; }
  .schedule thead, .schedule colgroup { display: none; }
  .schedule caption { display: block; }
  .schedule tr { display: flex; }
  .schedule td.empty { display: none; }
  .schedule td:first-child { flex: 0 0 34px; }
  .schedule .lane, .schedule .wide { flex: 1; min-width: 0; }
  .operation .lane::before { content: attr(data-thread) ': '; }
  .lane-1 { margin-left: 14px; } .lane-2 { margin-left: 28px; } .lane-3 { margin-left: 42px; }
}`;
