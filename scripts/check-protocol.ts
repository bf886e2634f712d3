import { checkProtocolFiles, protocolFiles } from './protocol-files.ts';

const findings = checkProtocolFiles();
for (const { file, line, column, construct, why } of findings) {
  process.stderr.write(`${file}:${line}:${column}: ${construct}: ${why}\n`);
}
process.stdout.write(`protocol purity: ${protocolFiles().length} files, ${findings.length} findings\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
