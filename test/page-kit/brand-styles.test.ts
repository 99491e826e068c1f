import { expect } from 'chai';
import { brandStyles } from '../../src/page-kit/brand-styles.ts';
import { contrastRatio, type HexColor } from '../../src/text/color-contrast.ts';

describe('the pages in a tenant’s colour', () => {
  for (const color of ['#0f5f63', '#ffee00', '#000000', '#ffffff', '#777777', '#e30613'] as const)
    it(`can be read in ${color}, in a light and in a dark scheme`, () => {
      const [light, dark] = brandStyles(color).split('@media');
      for (const [rules, card] of [
        [light, '#ffffff'],
        [dark, '#152225'],
      ] as const) {
        const value = (name: string): HexColor => {
          const [, found = ''] = new RegExp(`--${name}:(#[0-9a-f]{6})`, 'i').exec(rules ?? '') ?? [];
          return found as HexColor;
        };
        expect(contrastRatio(value('key'), card)).to.be.at.least(4.5);
        expect(contrastRatio(value('key-deep'), card)).to.be.at.least(4.5);
        expect(contrastRatio(value('on-key'), value('key'))).to.be.at.least(4.5);
      }
    });
});
