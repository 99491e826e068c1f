import { expect } from 'chai';
import { contrastRatio, isHexColor, shadeOn, textOn, type HexColor } from '../../src/text/color-contrast.ts';

describe('the contrast of colours', () => {
  it('is that of WCAG 2.2', () => {
    expect(contrastRatio('#ffffff', '#000000')).to.be.closeTo(21, 0.001);
    expect(contrastRatio('#777777', '#ffffff')).to.be.closeTo(4.478, 0.001);
    expect(contrastRatio('#ff0000', '#ffffff')).to.be.closeTo(3.998, 0.001);
  });

  it('finds, for any colour, text that can be read on it and a shade that can be told from a background', () => {
    for (let red = 0; red < 256; red += 51)
      for (let green = 0; green < 256; green += 51)
        for (let blue = 0; blue < 256; blue += 51) {
          const color: HexColor = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
          expect(contrastRatio(color, textOn(color)), color).to.be.at.least(4.5);
          for (const background of ['#ffffff', '#eef3f2', '#152225'] as const)
            for (const ratio of [3, 4.5])
              expect(contrastRatio(shadeOn(color, background, ratio), background), color).to.be.at.least(ratio);
        }
  });

  it('knows a colour from what is not one', () => {
    expect(['#0f5f63', '#ABCDEF', '#fff', 'red', '#12345g', '#0f5f63;', undefined].map(isHexColor)).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
