const collections = [
  'Array',
  'ReadonlyArray',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'ReadonlyMap',
  'ReadonlySet',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Buffer',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

const clocks = ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];

const surroundings = ['process', 'globalThis', 'console', 'crypto', 'require', 'eval', 'Promise', 'Proxy', 'Reflect'];

/** The words of the arena are reached through the port alone, so that every engine sees each step. */
const sharedState = ['Atomics'];

/** Global names that give protocol code another way to state, time or chance than the Memory port. */
export const foreignNames: ReadonlySet<string> = new Set([...collections, ...clocks, ...surroundings, ...sharedState]);
