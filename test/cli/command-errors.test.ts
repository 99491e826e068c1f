import { expect } from 'chai';
import { sentenceOf } from '../../src/cli/command-errors.ts';

describe('what is wrong with a command line', () => {
  for (const [said, told] of [
    ["error: unknown command 'lits'\n(Did you mean list?)\n", "unknown command 'lits': did you mean list?"],
    ["error: unknown option '--halp'\n(Did you mean --help?)\n", "unknown option '--halp': did you mean --help?"],
    ["error: missing required argument 'name'\n", "missing required argument 'name'"],
    [
      "error: option '--profile <profile>' argument 'octa' is invalid. Allowed choices are auto, entra, okta.\n",
      "--profile does not take 'octa': did you mean okta? It takes auto, entra, okta.",
    ],
    [
      "error: option '--dates <order>' argument 'x\u001b[2J' is invalid. Allowed choices are dmy, mdy.\n",
      "--dates does not take 'x [2J'. It takes dmy, mdy.",
    ],
    [
      "error: command-argument value 'invitatio' is invalid for argument 'what'. Allowed choices are "
        + 'invitation, a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3.\n',
      "<what> does not take 'invitatio': did you mean invitation?",
    ],
  ] as const)
    it(`is told in one sentence: ${told}`, () => {
      expect(sentenceOf(said)).to.equal(told);
    });
});
