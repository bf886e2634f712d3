/** Four repeats have 87.5 %; fewer make no interval worth the name, be it drawn or compared. */
export const LEAST_CONFIDENCE = 0.87;
