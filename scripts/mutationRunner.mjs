/**
 * Test runner for mutation runs: the domain's tests are pure, so all mutants of a worker are tried in one process
 * with its modules loaded once; starting vitest for each would take most of the time. What tests import from
 * vitest comes from `test/mutation/vitest.mjs`: the same words, the same matchers; properties are drawn a few times.
 */
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { createServer } from 'vite';

const DOMAIN = 'server/domain';
/** A mutant that no test noticed in so much computing counts as survived, so the score errs on the low side. */
const MILLISECONDS_PER_MUTANT = 1000;

/** The frame that called the constructor of a watched map. */
const CALLER = 2;

/**
 * Maps that the domain makes empty while it loads are memories of computed values; those it makes with entries are
 * tables. What is remembered was computed by one mutant, or by tests that compute while they load, and is wrong for
 * the next mutant.
 */
function watchMemories() {
  const { Map: PlainMap, WeakMap: PlainWeakMap } = globalThis;
  const memories = [];
  const note = (memory) => {
    const caller = new Error().stack?.split('\n')[CALLER + 1] ?? '';
    if (caller.includes(`/${DOMAIN}/`) && !caller.includes('.test.ts')) memories.push(memory);
  };
  globalThis.Map = class extends PlainMap {
    constructor(entries) {
      super(entries);
      if (entries === undefined || entries === null) note(this);
    }
  };
  /** A weak map that can be emptied. */
  globalThis.WeakMap = class extends PlainWeakMap {
    #inner;
    constructor(entries) {
      super();
      this.#inner = new PlainWeakMap(entries);
      note(this);
    }
    get(key) {
      return this.#inner.get(key);
    }
    has(key) {
      return this.#inner.has(key);
    }
    delete(key) {
      return this.#inner.delete(key);
    }
    set(key, value) {
      this.#inner.set(key, value);
      return this;
    }
    clear() {
      this.#inner = new PlainWeakMap();
    }
  };
  return () => {
    Object.assign(globalThis, { Map: PlainMap, WeakMap: PlainWeakMap });
    return () => {
      for (const memory of memories) memory.clear();
    };
  };
}

class InProcessRunner {
  static inject = [];
  #tests = new Map();
  /** How often each test came by each mutant. */
  #reached = {};

  constructor() {
    globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
    this.mutants = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE];
  }

  /** Modules are pure but for what they remember, which is forgotten: a worker need not start anew for a mutant. */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const vitest = resolve('test/mutation/vitest.mjs');
    this.server = await createServer({
      configFile: false,
      logLevel: 'error',
      server: { middlewareMode: true, watch: null, hmr: false, ws: false },
      optimizeDeps: { noDiscovery: true, include: [] },
      resolve: { alias: { vitest, 'fast-check': resolve('test/mutation/fastCheck.mjs') } },
    });
    const { collect } = await this.server.ssrLoadModule(vitest);
    const remembered = watchMemories();
    const files = readdirSync(DOMAIN, { recursive: true }).filter((path) => path.endsWith('.test.ts'));
    for (const path of files.sort()) {
      const file = join(DOMAIN, path);
      for (const test of await collect(file, () => this.server.ssrLoadModule(resolve(file))))
        this.#tests.set(test.id, test);
    }
    this.forget = remembered();
  }

  async dispose() {
    await this.server?.close();
  }

  async dryRun() {
    this.mutants.activeMutant = undefined;
    const tests = [];
    for (const id of this.#tests.keys()) {
      this.mutants.currentTestId = id;
      tests.push(await this.#run(id));
    }
    this.mutants.currentTestId = undefined;
    this.#reached = this.mutants.mutantCoverage?.perTest ?? {};
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.mutants.mutantCoverage };
  }

  /** Tests beside the mutated file first, then those that come by it often for little, until one notices. */
  async mutantRun({ activeMutant, testFilter, hitLimit, sandboxFileName }) {
    Object.assign(this.mutants, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const tests = [];
    this.forget();
    const from = process.cpuUsage();
    const reached = (id) => this.#reached[id]?.[activeMutant.id] ?? 1;
    for (const id of this.#likelyFirst(sandboxFileName, testFilter ?? [...this.#tests.keys()], reached)) {
      tests.push(await this.#run(id));
      if (tests.at(-1).status === TestStatus.Failed) break;
      if (process.cpuUsage(from).user > MILLISECONDS_PER_MUTANT * 1000) break;
    }
    const endless = determineHitLimitReached(this.mutants.hitCount, hitLimit);
    return toMutantRunResult(endless ?? { status: DryRunStatus.Complete, tests });
  }

  #likelyFirst(fileName, ids, reached) {
    const folder = dirname(fileName);
    const rank = (id) => {
      const { file, cost } = this.#tests.get(id);
      const isProperty = file.endsWith('.property.test.ts');
      const far = dirname(resolve(file)) === folder ? 0 : 1000;
      const price = cost ?? (isProperty ? 50 : 1);
      return far === 0 ? price : far + price / reached(id);
    };
    return [...ids].sort((a, b) => rank(a) - rank(b));
  }

  async #run(id) {
    const test = this.#tests.get(id);
    const from = performance.now();
    const shown = { id, name: id, fileName: resolve(test.file) };
    try {
      await test.run();
      const timeSpentMs = performance.now() - from;
      test.cost ??= timeSpentMs;
      return { ...shown, timeSpentMs, status: TestStatus.Success };
    } catch (error) {
      const timeSpentMs = performance.now() - from;
      const failureMessage = String(error?.message ?? error);
      return { ...shown, timeSpentMs, status: TestStatus.Failed, failureMessage };
    }
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
