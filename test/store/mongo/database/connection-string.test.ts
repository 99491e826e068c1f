import { expect } from 'chai';
import { StoreUnavailableError } from '../../../../src/provisioning/records/resource-store.ts';
import { hostsOf, readConnectionString } from '../../../../src/store/mongo/database/connection-string.ts';

describe('MongoDB: a connection string', () => {
  const weak: Readonly<Record<string, RegExp>> = {
    'readPreference=secondaryPreferred': /readPreference=secondaryPreferred reads from servers/,
    'readPreference=nearest': /readPreference=nearest/,
    'READPREFERENCE=secondary': /readPreference=secondary/,
    'readConcernLevel=local': /readConcernLevel=local/,
    'readConcernLevel=available': /readConcernLevel=available/,
    'w=1': /w=1 loses acknowledged writes/,
    'w=0': /w=0/,
    'journal=false': /journal=false/,
    'retryWrites=false': /retryWrites=false/,
  };
  for (const [option, sentence] of Object.entries(weak)) {
    it(`is refused where it weakens what is read or written: ${option}`, () => {
      expect(() => readConnectionString(`mongodb://ines:secret@db.example:27017/x?${option}&appName=y`))
        .to.throw(StoreUnavailableError, sentence)
        .with.property('message')
        .that.does.not.include('secret');
    });
  }

  it('may say what is the rule anyway, or more', () => {
    for (const option of ['readPreference=primary', 'readConcernLevel=majority', 'w=majority', 'journal=true'])
      expect(readConnectionString(`mongodb://db.example/x?${option}`).w).to.equal(undefined);
    expect(readConnectionString('mongodb://db.example/x?w=3').w).to.equal(3);
    expect(readConnectionString('mongodb://db.example/x?w=allDataCenters').w).to.equal('allDataCenters');
  });

  it('names a database, or none', () => {
    for (const uri of ['mongodb://a,b', 'mongodb://a/', 'mongodb+srv://a/?w=majority'])
      expect(readConnectionString(uri).namesDatabase, uri).to.equal(false);
    expect(readConnectionString('mongodb://a,b/harbour?w=majority').namesDatabase).to.equal(true);
  });

  it('is told in messages by its hosts, never by its credentials', () => {
    expect(hostsOf('mongodb://ines:s3cret@a.example:27017,b.example/x?w=3')).to.equal('a.example:27017,b.example');
    expect(hostsOf('mongodb+srv://ines:s3cret@a.example')).to.equal('a.example');
    expect(hostsOf('mongodb://ines:s3@cret@a.example/x')).to.equal('a.example');
    for (const uri of ['mongodb://ines:s3/cret@a.example/x', 'mongodb://ines:s3?cret@a.example/x', 'nonsense'])
      expect(hostsOf(uri), uri).to.equal('the server in MONGODB_URI');
  });
});
