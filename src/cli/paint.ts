import { styleText } from 'node:util';
import type { Paint } from '../report/paint.ts';

/** Styles for stdout; none if colour is not wanted, or stdout is no terminal. */
export function paint(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { stream: process.stdout }) : text);
}
