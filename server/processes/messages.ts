/** What a worker process and the one that started it tell each other. */
import type { Urls } from './hosting.ts';

export type FromWorker =
  | { readonly kind: 'ready'; readonly urls: Urls }
  /** It cannot start, and starting it again would not help. */
  | { readonly kind: 'failed'; readonly why: string }
  /** A scrape has reached this worker: it wants the figures of all. */
  | { readonly kind: 'figuresOfAllWanted'; readonly ask: number; readonly host: string }
  | { readonly kind: 'figures'; readonly ask: number; readonly text: string };

export type ToWorker =
  | { readonly kind: 'stop' }
  | { readonly kind: 'figuresWanted'; readonly ask: number; readonly host: string }
  | { readonly kind: 'figuresOfAll'; readonly ask: number; readonly texts: readonly string[] };
