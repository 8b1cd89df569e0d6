import { type Book, openBook } from '../operations/book.ts';
import type { Database } from '../store/database.ts';
import type { AppContext } from './context.ts';

const books = new WeakMap<Database, Book>();

/** The book of this process: all routes share it, because it holds the numbers for new loans. */
export function bookOf(context: AppContext): Book {
  const known = books.get(context.db);
  if (known) return known;
  const book = openBook(context);
  books.set(context.db, book);
  return book;
}
