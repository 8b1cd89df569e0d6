/**
 * A schema becomes code when it is first needed. Fastify makes code of all of them before it listens, which
 * takes half of the time of a start and the memory of hundreds of functions in every process, most of them
 * for routes that the process is never asked for. A schema of which no code can be made is found by the test
 * that calls every route.
 */
import AjvCompiler from '@fastify/ajv-compiler';
import SerializerSelector from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;
type BuildValidator = NonNullable<Factories['buildValidator']>;
type BuildSerializer = NonNullable<Factories['buildSerializer']>;

/** Its own for each host: what was compiled for one is forgotten with it. */
export const lazySchemas = (): { readonly compilersFactory: Factories } => ({
  compilersFactory: { buildValidator: lazyValidators(), buildSerializer: lazySerializers() },
});

interface Validate {
  (value: unknown): unknown;
  errors?: unknown;
}

function lazyValidators(): BuildValidator {
  const build = AjvCompiler();
  const lazy = (...given: Parameters<typeof build>) => {
    const compile = build(...given);
    return (route: Parameters<typeof compile>[0]): Validate => {
      let ready: Validate | undefined;
      const validate: Validate = (value) => {
        ready ??= compile(route) as Validate;
        const verdict = ready(value);
        validate.errors = ready.errors;
        return verdict;
      };
      return validate;
    };
  };
  return lazy as BuildValidator;
}

function lazySerializers(): BuildSerializer {
  const build = SerializerSelector();
  return (...given) => {
    const compile = build(...given);
    return (route) => {
      let ready: ReturnType<typeof compile> | undefined;
      return (value) => {
        ready ??= compile(route);
        return ready(value);
      };
    };
  };
}
