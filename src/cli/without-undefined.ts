type Defined<Options> = { [Key in keyof Options]?: Exclude<Options[Key], undefined> };

/** Leaves the defaults to whoever knows them. */
export function withoutUndefined<Options extends object>(options: Options): Defined<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<Options>;
}
