/*
 * These functions run in the page: each stands for itself. The project is compiled without the types of browsers.
 */

/** Pictures in which some text is cut off by the picture's box, or by the page's edge where nothing scrolls. */
export const TEXTS_OUTSIDE = `(() => {
  const outside = [];
  for (const svg of document.querySelectorAll('svg[role=img]')) {
    const box = svg.getBoundingClientRect();
    if (box.width === 0) continue;
    for (const text of svg.querySelectorAll('text')) {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      if (right - left === 0) continue;
      if (left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1)
        outside.push(svg.getAttribute('aria-label') + ': ' + text.textContent);
    }
  }
  return outside;
})()`;

/** Pairs of texts of a picture that lie over each other, but for corners. */
export const TEXTS_OVERLAPPING = `(() => {
  const overlapping = [];
  for (const svg of document.querySelectorAll('svg[role=img]')) {
    const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
    boxes.forEach(([one, a], index) => {
      for (const [other, b] of boxes.slice(index + 1)) {
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (width > 1 && height > 4) overlapping.push(svg.getAttribute('aria-label') + ': ' + one + ' | ' + other);
      }
    });
  }
  return overlapping;
})()`;

/** Sizes of letters in pictures as they are shown, in CSS pixels: the smallest. */
export const SMALLEST_TEXT = `(() => {
  let smallest = Infinity;
  for (const svg of document.querySelectorAll('svg[role=img]')) {
    const { width } = svg.getBoundingClientRect();
    if (width === 0) continue;
    const scale = width / svg.viewBox.baseVal.width;
    for (const text of svg.querySelectorAll('text')) smallest = Math.min(smallest, scale * parseFloat(getComputedStyle(text).fontSize));
  }
  return smallest;
})()`;

/** Elements that reach beyond the window, and are in no box that scrolls. */
export const WIDER_THAN_WINDOW = `(() =>
  [...document.body.querySelectorAll('*')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.scroll, .pane, pre'))
    .map((element) => element.tagName + '.' + element.className + ' ' + element.textContent.slice(0, 40)))()`;

/** Lines and areas of pictures whose colour is not what a variable of the page says: an undefined one makes them black. */
export const UNDEFINED_COLORS = `(() => {
  const style = getComputedStyle(document.documentElement);
  const names = new Set();
  for (const element of document.querySelectorAll('svg[role=img] *'))
    for (const attribute of ['fill', 'stroke']) {
      const name = /^var\\((--[^)]*)\\)$/.exec(element.getAttribute(attribute) ?? '')?.[1];
      if (name && style.getPropertyValue(name) === '') names.add(name);
    }
  return [...names];
})()`;

export const SCROLL_WIDTH = 'document.scrollingElement.scrollWidth';

export const OPEN_ALL = `document.querySelectorAll('details').forEach((element) => { element.open = true; })`;
