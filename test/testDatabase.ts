/** A database of its own for each test that wants one: a copy of a template, dropped at the end. */
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

let made = 0;

/** Nothing, the tables alone, or the book and the accounts of a world. */
export type Contents = 'empty' | 'migrated' | 'seeded';

export async function createTestDatabase(contents: Contents = 'migrated'): Promise<TestDatabase> {
  made += 1;
  const name = `loanbook_test_${process.pid}_${made}_${Date.now()}`;
  const server = inject('databaseServer');
  const template = inject('templates')[contents];
  await onServer(server, `create database ${name} template ${template}`);
  return {
    url: server.replace(/\/[^/]*$/, `/${name}`),
    drop: () => onServer(server, `drop database if exists ${name} with (force)`),
  };
}

const BUSY = '55006'; // the template is being copied by another test file

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(statement);
        return;
      } catch (error) {
        if ((error as { code?: string }).code !== BUSY || attempt === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  } finally {
    await client.end();
  }
}
