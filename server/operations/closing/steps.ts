import type { Config } from '../../config.ts';
import { OPTIONAL_STEPS, STANDARD_STEPS } from '../../domain/closing/plan.ts';
import type { CloseOfBusinessStep } from '../../domain/decide.ts';
import type { EngineSettings } from '../../domain/terms.ts';

/** What this deployment does at close of business: the standard steps, then those that it has added. */
export const closingStepsOf = ({
  closeOfBusinessSteps,
}: Pick<Config, 'closeOfBusinessSteps'>): readonly CloseOfBusinessStep[] => [
  ...STANDARD_STEPS,
  ...OPTIONAL_STEPS.filter((step) => closeOfBusinessSteps.some((each) => each === step)),
];

/** By what a day is closed, and planned. */
export interface ClosingRules {
  readonly steps: readonly CloseOfBusinessStep[];
  readonly settings: EngineSettings;
}

type Configured = Pick<Config, 'closeOfBusinessSteps' | 'engineSettings'>;

export function closingRulesOf(config: Configured): ClosingRules {
  const known = rulesByConfig.get(config);
  if (known) return known;
  const rules = { steps: closingStepsOf(config), settings: config.engineSettings };
  rulesByConfig.set(config, rules);
  return rules;
}

/** A process has one configuration, and asks with every change of a loan. */
const rulesByConfig = new WeakMap<Configured, ClosingRules>();
