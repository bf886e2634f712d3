import { checkAll } from '../check/check-all.ts';
import type { CheckReply, CheckTask } from '../check/check-task.ts';
import { InputError } from '../shared/input-error.ts';

export default function check(task: CheckTask): CheckReply {
  try {
    return { results: checkAll(task, () => performance.now()) };
  } catch (error) {
    if (error instanceof InputError) return { problem: error.message };
    throw error;
  }
}
