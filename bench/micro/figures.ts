import type { Figure } from './figure.ts';
import { tlbHit, walk } from './figures/access.ts';
import { fault } from './figures/fault.ts';
import { harvestOld, harvestYoung } from './figures/harvest.ts';
import { recordedAccess, recording, recordingMoved } from './figures/oracle.ts';

export const figures: Readonly<Record<string, Figure>> = {
  walk,
  'tlb-hit': tlbHit,
  fault,
  recorded: recordedAccess,
  oracle: recording,
  'oracle-moved': recordingMoved,
  'harvest-old': harvestOld,
  'harvest-young': harvestYoung,
};
