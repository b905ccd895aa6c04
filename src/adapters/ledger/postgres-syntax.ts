import { type DataTypeNode, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { Syntax } from './kysely-over.ts';

/** What column types of the migrations mean, so that values and their order are those of SQLite. */
const TYPES: Readonly<Record<string, string>> = {
  // 64 bits.
  integer: 'bigint',
  // By byte, whatever the order of the database is.
  text: 'text collate "C"',
};

class Compiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    this.append(TYPES[node.dataType] ?? node.dataType);
  }
}

export const POSTGRES_SYNTAX: Syntax = {
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new Compiler(),
};
