import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkProtocolPurity, type PurityFinding } from './protocol-purity.ts';

/** The rooms whose functions run on threads and in the explorer. */
const PROTOCOL_ROOMS = ['locks', 'mmu', 'notifier', 'lru'];

const root = fileURLToPath(new URL('..', import.meta.url));

export function protocolFiles(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && PROTOCOL_ROOMS.some((room) => file.startsWith(`${room}/`)))
    .map((file) => `src/${file}`)
    .sort();
}

export function checkProtocolFiles(): PurityFinding[] {
  return protocolFiles().flatMap((file) => checkProtocolPurity(file, readFileSync(join(root, file), 'utf8')));
}
