/** Whom MGLRU asks which pages were accessed. `promote` is called for each page that was found young. */
export interface AccessReports {
  /** The walk of an aging pass over all of the guest's pages. */
  agingWalk(promote: (page: number) => void): void;
  /** The check of a page that is about to be evicted: whether it was referenced. */
  checkReferences(page: number, promote: (page: number) => void): boolean;
}

/** For MGLRU that asks nobody: every page looks old, always. */
export const noReports: AccessReports = {
  agingWalk(): void {},
  checkReferences: () => false,
};
