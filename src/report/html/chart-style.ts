import { AGE_CLASSES } from '../chart/age-classes.ts';

/**
 * Looks of charts. Series' colours are Okabe and Ito's, which colour-blind readers can tell apart, made darker or lighter to
 * stand out from the page; ages go from what stands out least to what does most, in even steps of lightness.
 */
export const CHART_STYLE = `:root {
  --series-0: #0069a8; --series-1: #c24e00; --series-2: #00805d; --series-3: #a8457d; --series-4: #7a6500; --series-5: #4a4f5a;
  ${heat(['#f3f0e2', '#e3ddae', '#c3cf8f', '#93bb86', '#5fa186', '#358285', '#225f7c', '#1a3a63'])}
  --span-fault: #8fb8de; --span-aging-pass: #d3bd6a; --span-invalidate: #a8457d;
  --span-lock-wait: #d62c0c; --span-lock-read: #9fb0c4; --span-lock-write: #33415c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --series-0: #62b8f5; --series-1: #ff9550; --series-2: #3fd3a2; --series-3: #ea9cc8; --series-4: #e3d34f; --series-5: #b7bfcc;
    ${heat(['#20293a', '#1f4156', '#22606b', '#358073', '#5e9f76', '#94ba7f', '#c9d396', '#f3efcd'])}
    --span-fault: #3d6c98; --span-aging-pass: #8b7424; --span-invalidate: #c46a9c;
    --span-lock-wait: #ff6a4d; --span-lock-read: #66758b; --span-lock-write: #c3cfe2;
  }
}
nav ul { list-style: none; margin: 10px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 18px; overflow-wrap: anywhere; }
nav { flex-basis: 100%; }
.document > h2 { display: block; font-size: 20px; margin: 34px 0 4px; }
.document > .source { color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
section > h3:first-child { margin-top: 0; font-size: 17px; }
section > h4 { margin: 22px 0 4px; font-size: 15px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 22px 30px; align-items: start; margin: 14px 0 6px; }
figure { margin: 0; min-width: 0; }
figure + figure { margin-top: 22px; }
.gallery figure + figure { margin-top: 0; }
figcaption { font-weight: 600; overflow-wrap: anywhere; }
.picture svg { display: block; width: 100%; min-width: 330px; max-width: 620px; height: auto; overflow: visible; }
.picture.wide svg { min-width: 680px; max-width: 1060px; }
.plot { font-family: inherit; }
.plot text { white-space: pre; fill: var(--ink); }
.plot [aria-label$='axis label'] text { fill: var(--quiet); }
.plot [aria-label$='axis tick'] { stroke: var(--quiet); }
.legend { list-style: none; padding: 0; margin: 4px 0 6px; display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere; }
.legend svg { flex: none; }
.swatch { flex: none; width: 22px; height: 14px; border: 1px solid var(--line); border-radius: 3px; }
.remark { color: var(--quiet); font-size: 13px; }
.figures { font-size: 13px; margin-top: 4px; }
.figures summary { color: var(--quiet); }
.answers { padding-left: 18px; margin: 8px 0; max-width: 100ch; }
.answers li { margin: 3px 0; overflow-wrap: anywhere; }
.verdicts { list-style: none; padding: 0; margin: 6px 0 10px; display: flex; flex-wrap: wrap; gap: 4px 28px; }
.warnings { padding-left: 18px; color: var(--warn); overflow-wrap: anywhere; }
.failures { padding-left: 18px; color: var(--bad); overflow-wrap: anywhere; }
.badge.clean, .badge.agrees { background: var(--good-soft); color: var(--good); }
.badge.harness-failure, .badge.disagrees { background: var(--bad-soft); color: var(--bad); }
.badge.interrupted { background: var(--warn-soft); color: var(--warn); }
.agreement td { text-align: right; font-variant-numeric: tabular-nums; padding: 3px 10px; border: 2px solid var(--card); white-space: nowrap; }
.agreement th { font-size: 13px; font-weight: 600; padding: 3px 10px; text-align: left; color: var(--quiet); vertical-align: bottom; white-space: nowrap; }
.agreement tbody th { position: sticky; left: 0; background: var(--card); color: var(--ink); font-weight: 400; white-space: nowrap; }
.agreement .agrees { background: var(--good-soft); color: var(--good); }
.agreement .disagrees { background: var(--bad-soft); color: var(--bad); font-weight: 700; }
pre.text { overflow-x: auto; font-family: var(--mono); font-size: 12.5px; line-height: 1.4; margin: 8px 0; }
.cell > summary { font-weight: 600; margin: 10px 0; }
@media (max-width: 620px) { .agreement tbody th { max-width: 150px; overflow: hidden; text-overflow: ellipsis; } }`;

function heat(colors: readonly string[]): string {
  return Array.from({ length: AGE_CLASSES }, (_, index) => `--heat-${index}: ${colors[index]};`).join(' ');
}
