// deviations.mjs: where the language layer means to differ from graphql-js 17.1, and why. Takes the difference out of a pair of answers.

import { isDeepStrictEqual } from 'node:util';

// What the specification wants and graphql-js does not check: "A directive definition must not contain the use of a directive which references itself" (3.13), "The
// @oneOf directive must not be provided by an Input Object type extension" (3.10.3).
const MORE_RULES = /^Directive @\w+ cannot reference itself through|^Input Object type \w+ cannot be made OneOf by an extension/;

export function withoutDeviations(mine, theirs) {
  if (mine.errors?.some((error) => MORE_RULES.test(error.message))) {
    mine.errors = mine.errors.filter((error) => !MORE_RULES.test(error.message));
    delete theirs.print;
  }

  // graphql-js throws at the first wrong argument of @deprecated, @specifiedBy or @oneOf while it builds a schema; we report all of them, and what else is wrong.
  if (theirs.thrown) {
    delete theirs.thrown;
    if (mine.errors?.some((error) => isDeepStrictEqual(error, theirs.errors[0]))) {
      mine.errors = theirs.errors;
    }
  }
  return { mine, theirs };
}
