/** Gives text a style, where there is colour. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'bold', text: string) => string;
