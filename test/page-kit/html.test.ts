import { expect } from 'chai';
import fc from 'fast-check';
import { html } from '../../src/page-kit/html.ts';
import { say, sayPlain } from '../../src/page-kit/page-words.ts';

describe('html', () => {
  it('escapes what is not markup, in text and in attribute values', () => {
    const name = '<img src=x onerror="alert(1)">&\'';
    expect(html`<p title="${name}">${name}</p>`.toString()).to.equal(
      '<p title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;</p>',
    );
  });

  it('leaves nested markup alone, joins arrays and drops what is nothing', () => {
    expect(
      html`<ul>${['a', '<b>'].map((item) => html`<li>${item}</li>`)}${false}${undefined}${null}${0}</ul>`.toString(),
    ).to.equal('<ul><li>a</li><li>&lt;b&gt;</li>0</ul>');
  });

  it('lets no text open or close anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`${text}`.toString()).not.to.match(/[<>"']/);
      }),
    );
  });
});

describe('say', () => {
  it('escapes and isolates text, and keeps markup', () => {
    expect(
      say('Hello {{name}}, until {{date}}.', { name: 'ليلى <b>', date: html`<time>now</time>` }).toString(),
    ).to.equal('Hello <bdi>ليلى &lt;b&gt;</bdi>, until <time>now</time>.');
  });

  it('takes placeholders in values as text', () => {
    expect(say('{{a}}', { a: '{{b}}', b: 'x' }).toString()).to.equal('<bdi>{{b}}</bdi>');
    expect(sayPlain('{{a}} {{missing}}', { a: '$&' })).to.equal('$& ');
  });
});
