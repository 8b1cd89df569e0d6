import { type Book, bookOver } from '../operations/book.ts';
import type { AppContext } from './context.ts';

/** The book of this process: all routes share it, because it holds the numbers for new loans. */
export const bookOf = (context: AppContext): Book => bookOver(context);
