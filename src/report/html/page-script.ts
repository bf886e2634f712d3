/**
 * The script of the page: goes through schedules and shows memory behind each step. It reads the JSON that the page
 * carries, and writes text only, never markup.
 */
export const PAGE_SCRIPT = `'use strict';
(() => {
  const data = JSON.parse(document.getElementById('steppers').textContent);

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  /** Values of all words before step number "position" (counted from 0), and those that the step before it replaced. */
  const memoryAt = ({ words, steps }, position) => {
    const now = words.map((word) => word.initial);
    let before = null;
    for (const step of steps.slice(0, position)) {
      before = now[step.word];
      if (step.word >= 0) now[step.word] = step.after;
    }
    return { now, before, touched: position === 0 ? -1 : steps[position - 1].word };
  };

  const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const valueLine = (now, before) => {
    const line = element('div', 'value');
    if (before && before.text !== now.text) {
      line.append(element('del', '', before.text), ' → ', element('ins', '', now.text));
    } else line.append(now.text);
    return line;
  };

  const bitsLine = (now, before) => {
    const line = element('div', 'bits');
    now.bits.forEach((bit, index) => {
      const was = before && before.bits[index];
      const changed = was && was.set !== bit.set;
      const digit = (set) => (set ? '1' : '0');
      const text = bit.name + ' ' + (changed ? digit(was.set) + '→' : '') + digit(bit.set);
      line.append(element('span', 'bit' + (bit.set ? ' set' : '') + (changed ? ' changed' : ''), text));
    });
    return line;
  };

  const wordBox = (word, now, before, isTouched) => {
    const isChanged = isTouched && !isSame(now, before);
    const box = element('div', 'word' + (isTouched ? ' touched' : '') + (isChanged ? ' changed' : ''));
    const head = element('div', 'name', word.name);
    if (isTouched) head.append(' ', element('span', 'mark', isChanged ? 'changed' : 'touched'));
    box.append(head, valueLine(now, isChanged ? before : null));
    if (now.bits.length > 0) box.append(bitsLine(now, isChanged ? before : null));
    return box;
  };

  /** Scrolls the pane alone, and not the page. */
  const bringIntoView = (pane, row) => {
    const head = pane.querySelector('thead').offsetHeight;
    const top = row.offsetTop - head - 48;
    const bottom = row.offsetTop + row.offsetHeight + 48;
    if (pane.scrollTop > top) pane.scrollTop = top;
    else if (pane.scrollTop + pane.clientHeight < bottom) pane.scrollTop = bottom - pane.clientHeight;
  };

  const steppers = [...document.querySelectorAll('[data-stepper]')].map((root) => {
    const schedule = data[Number(root.dataset.stepper)];
    const { steps, words, common } = schedule;
    const memory = root.querySelector('.memory');
    const position = root.querySelector('.position');
    const panes = ['.violating', '.passing'].map((name) => root.querySelector(name)).filter(Boolean);
    const buttons = Object.fromEntries([...root.querySelectorAll('[data-go]')].map((b) => [b.dataset.go, b]));
    let at = 0;

    const show = () => {
      const { now, before, touched } = memoryAt(schedule, at);
      position.textContent = at === 0 ? 'before step 1 of ' + steps.length : 'after step ' + at + ' of ' + steps.length;
      position.title = at === 0 ? '' : steps[at - 1].text;
      for (const [name, off] of [['first', at === 0], ['back', at === 0], ['forward', at === steps.length], ['last', at === steps.length]]) {
        buttons[name].setAttribute('aria-disabled', String(off));
      }
      panes.forEach((pane, index) => {
        const last = index === 0 ? at : Math.min(at, common);
        let current = null;
        for (const row of pane.querySelectorAll('[data-step]')) {
          const step = Number(row.dataset.step);
          const isCurrent = step === last - 1 && (index === 0 || at <= common);
          row.classList.toggle('current', isCurrent);
          row.classList.toggle('ahead', step >= at && (index === 0 || step < common));
          if (isCurrent) row.setAttribute('aria-current', 'step');
          else row.removeAttribute('aria-current');
          if (step === Math.max(0, last - 1)) current = row;
        }
        if (current) bringIntoView(pane, current);
      });
      const boxes = words.map((word, index) => wordBox(word, now[index], before, index === touched));
      const changing = boxes.filter((_, index) => words[index].changes);
      const reading = boxes.filter((_, index) => !words[index].changes);
      memory.replaceChildren(element('div', 'caption', at === 0 ? 'memory before the schedule' : 'memory after step ' + at), ...changing);
      if (reading.length > 0) memory.append(element('div', 'caption', 'only read'), ...reading);
      const touchedBox = memory.querySelector('.touched');
      if (touchedBox) {
        const top = touchedBox.offsetTop - 40;
        if (memory.scrollTop > top || memory.scrollTop + memory.clientHeight < touchedBox.offsetTop + touchedBox.offsetHeight) {
          memory.scrollTop = top;
        }
      }
    };

    const go = (to) => {
      at = Math.max(0, Math.min(steps.length, to));
      show();
    };
    const moves = {
      first: () => go(0),
      back: () => go(at - 1),
      forward: () => go(at + 1),
      last: () => go(steps.length),
    };

    root.querySelector('.controls').hidden = false;
    memory.hidden = false;
    root.classList.add('live');
    root.addEventListener('click', (event) => {
      active = stepper;
      const button = event.target.closest('[data-go]');
      if (button) return moves[button.dataset.go]();
      const row = event.target.closest('.violating [data-step]');
      if (row && getSelection().isCollapsed) go(Number(row.dataset.step) + 1);
    });
    const stepper = { root, moves };
    show();
    return stepper;
  });

  let active = null;

  const isVisible = ({ root }) => {
    const { top, bottom } = root.getBoundingClientRect();
    return top < innerHeight * 0.8 && bottom > innerHeight * 0.2;
  };

  /** The stepper that has the focus; else the one used last, if it can be seen; else the first that can be seen. */
  const stepperFor = (target) => {
    const focused = steppers.find(({ root }) => root.contains(target));
    if (focused) return focused;
    return active && isVisible(active) ? active : steppers.find(isVisible);
  };

  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const move = { ArrowLeft: 'back', ArrowRight: 'forward', Home: 'first', End: 'last' }[event.key];
    const stepper = move && stepperFor(event.target);
    // A table that scrolls sideways keeps its keys.
    if (!stepper || event.target.closest('.scroll')) return;
    active = stepper;
    event.preventDefault();
    stepper.moves[move]();
  });

  /** A link to a result opens it. */
  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && 'open' in target) target.open = true;
  };
  addEventListener('hashchange', openTarget);
  openTarget();
})();`;
