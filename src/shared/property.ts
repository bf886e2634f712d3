/** Properties that a run on real threads judges. The ids are stable and appear in every report. */
export const propertyIds = ['access-lost', 'access-misreported', 'use-after-invalidate', 'use-after-free'] as const;

export type PropertyId = (typeof propertyIds)[number];

/** One sentence each. */
export const propertyText: Readonly<Record<PropertyId, string>> = {
  'access-lost': 'an access that ended before a covering call began was reported by no call: the page looks old',
  'access-misreported': 'a page was reported young with no access since a call last reported and cleared it',
  'use-after-invalidate': 'after an invalidation had started, an access reached what the host had taken back',
  'use-after-free': 'an aging walk entered a table that was handed out again before its grace period was over',
};

/** Documented reasons for which the real kernels, too, answer old for an accessed page. */
export const tolerationIds = ['tlb-hit', 'zapped', 'invalid-root'] as const;

export type TolerationId = (typeof tolerationIds)[number];
