import type { Prng } from '../../shared/prng.ts';

/** YCSB's exponent. */
const EXPONENT = 0.99;

/**
 * Draws ranks 1 … n with weights r^-0.99 by rejection-inversion, in constant memory and about one trial a draw
 * (Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", 1996).
 */
export function zipfRanks(prng: Prng, n: number): () => number {
  const top = integral(1.5) - 1;
  const bottom = integral(n + 0.5);
  const accepted = 2 - inverse(integral(2.5) - weight(2));
  return () => {
    for (;;) {
      const u = bottom + prng.fraction() * (top - bottom);
      const x = inverse(u);
      const rank = Math.max(1, Math.min(n, Math.round(x)));
      if (rank - x <= accepted || u >= integral(rank + 0.5) - weight(rank)) return rank;
    }
  };
}

function weight(x: number): number {
  return x ** -EXPONENT;
}

/** The integral of `weight` from 1 to x. */
function integral(x: number): number {
  return (x ** (1 - EXPONENT) - 1) / (1 - EXPONENT);
}

function inverse(y: number): number {
  return (1 + y * (1 - EXPONENT)) ** (1 / (1 - EXPONENT));
}
