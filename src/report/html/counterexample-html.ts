import type { CheckedScenario, CheckViolation } from '../../check/check-result.ts';
import {
  commonSteps,
  minimalityText,
  noReturnText,
  passingText,
  propertySentence,
  replayCommand,
  violationName,
} from '../violation-text.ts';
import { escapeHtml } from './escape-html.ts';
import { scheduleHtml, threadsOfAll } from './schedule-html.ts';
import { type StepperData, stepperData } from './stepper-data.ts';

/** A forbidden violation: what it is, its schedule step by step, memory beside it, and the schedule that passes. */
export function counterexampleHtml(
  scenario: CheckedScenario,
  violation: CheckViolation,
  number: number,
): { readonly html: string; readonly data: StepperData } {
  const { schedule, passing, pointOfNoReturn } = violation;
  const common = passing === null ? 0 : commonSteps(schedule, passing);
  const replay = replayCommand(violation, scenario);
  const facts = [minimalityText(violation), noReturnText(violation), passingText(violation)].filter(
    (text) => text !== '',
  );
  const html = `<article class="counterexample" aria-label="${escapeHtml(`counterexample: ${violationName(violation)}`)}">
<h3>${escapeHtml(violationName(violation))}</h3>
${paragraph('property', propertySentence(violation))}
${paragraph('message', violation.message)}
${schedule.length === 0 ? '' : stepperHtml(violation, number)}
<ul class="facts">
${facts.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n')}
${replay === '' ? '' : `<li>Replay: <code class="command">${escapeHtml(replay)}</code></li>`}
</ul>
</article>`;

  function stepperHtml({ property }: CheckViolation, index: number): string {
    const threads = threadsOfAll(schedule, passing ?? []);
    const violating = scheduleHtml(schedule, {
      caption: `violates ${property}`,
      pointOfNoReturn,
      threads,
      differsAt: null,
    });
    const other =
      passing === null
        ? ''
        : `<div class="pane passing" tabindex="0" role="region" aria-label="nearest passing schedule">
${scheduleHtml(passing, { caption: 'nearest schedule that violates nothing', pointOfNoReturn: null, threads, differsAt: common })}
</div>`;
    return `<div class="stepper${passing === null ? '' : ' compares'}" id="stepper-${index}" data-stepper="${index}" tabindex="-1">
<div class="controls" hidden>
<button type="button" data-go="first" aria-label="to the beginning (Home)">|◀</button>
<button type="button" data-go="back" aria-label="one step back (left arrow)">◀</button>
<output class="position" aria-live="polite"></output>
<button type="button" data-go="forward" aria-label="one step forward (right arrow)">▶</button>
<button type="button" data-go="last" aria-label="to the end (End)">▶|</button>
<span class="hint"><kbd>←</kbd> <kbd>→</kbd> <kbd>Home</kbd> <kbd>End</kbd></span>
</div>
<div class="panes">
<div class="pane violating" tabindex="0" role="region" aria-label="violating schedule">
${violating}
</div>
<div class="pane memory" tabindex="0" role="region" aria-label="memory" hidden></div>
${other}
</div>
</div>`;
  }

  return { html, data: stepperData(violation, common) };
}

function paragraph(name: string, text: string): string {
  return text === '' ? '' : `<p class="${name}">${escapeHtml(text)}</p>`;
}
