import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './cli/run-cli.js';

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { hasInstallScript?: boolean; dev?: boolean; integrity?: string; link?: boolean }>;
};

describe('what is installed with the package', () => {
  it('runs nothing while it is installed: only two packages for development have scripts, which are not needed', () => {
    const withScripts = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(withScripts.map(([name, { dev }]) => [name, dev])).toEqual([
      ['node_modules/onnxruntime-node', true],
      ['node_modules/protobufjs', true],
    ]);
  });

  it('is what it was when it was chosen: everything has a hash', () => {
    const entries = Object.entries(packages).filter(([name]) => name !== '');
    expect(entries.length).toBeGreaterThan(100);
    expect(
      entries.filter(([, { integrity }]) => !/^sha(?:512|256)-/.test(integrity ?? '')).map(([name]) => name),
    ).toEqual([]);
  });
});
