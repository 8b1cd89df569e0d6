/**
 * Cuts a migration file into its statements, because a cluster takes one statement per query (scaling.md rule
 * 13). A semicolon ends a statement unless it stands in a string, a quoted name, a dollar-quoted body or a
 * comment.
 */

// In order: line comment, block comment, string, quoted name, dollar-quoted body, semicolon.
const TOKEN = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|;/g;

export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let text = '';
  let end = 0;
  for (const token of sql.matchAll(TOKEN)) {
    text += sql.slice(end, token.index);
    end = token.index + token[0].length;
    if (token[0] === ';') {
      statements.push(text.trim());
      text = '';
    } else {
      text += isComment(token[0]) ? ' ' : token[0];
    }
  }
  statements.push((text + sql.slice(end)).trim());
  return statements.filter((statement) => statement !== '');
}

const isComment = (token: string): boolean => token.startsWith('--') || token.startsWith('/*');
