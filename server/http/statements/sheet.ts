/**
 * Pages of a PDF as a statement needs them: headings, facts in two columns, tables whose head is repeated on
 * each page, and a footer with the number of pages. Sizes are in points, on A4.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const REGULAR = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const BOLD = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

const MARGIN = 42;
const FOOTER = 24;
const ROW = 15;
const INK = '#1d2733';
const FAINT = '#6b7785';
const RULE = '#d5dbe1';
const SHADE = '#f3f5f7';

export interface TableColumn {
  readonly label: string;
  /** Share of the width. */
  readonly width: number;
  readonly align: 'left' | 'right';
}

export interface Sheet {
  heading(text: string, beneath: string): void;
  section(text: string): void;
  /** Label and value, two pairs a line. */
  facts(pairs: readonly (readonly [string, string])[]): void;
  table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): void;
  /** The finished document. */
  end(footer: string): Promise<Buffer>;
}

/** The paper, and how much of it is there to write on. */
interface Paper {
  readonly pdf: PDFKit.PDFDocument;
  readonly width: number;
  readonly bottom: number;
}

export async function openSheet(about: { title: string; madeOn: Date }): Promise<Sheet> {
  // Ten megabytes, for processes that are asked for a statement.
  const { default: PDFDocument } = await import('pdfkit');
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOTER },
    bufferPages: true,
    lang: 'en',
    tagged: true,
    displayTitle: true,
    info: { Title: about.title, Producer: 'Loanbook', Creator: 'Loanbook', CreationDate: about.madeOn },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<void>((resolve) => pdf.on('end', resolve));
  pdf.registerFont('regular', REGULAR).registerFont('bold', BOLD);
  const bottom = pdf.page.height - MARGIN - FOOTER;
  const paper: Paper = { pdf, width: pdf.page.width - 2 * MARGIN, bottom };
  return {
    heading: (text, beneath) => heading(paper, text, beneath),
    section: (text) => section(paper, text),
    facts: (pairs) => facts(paper, pairs),
    table: (columns, rows) => table(paper, columns, rows),
    end: async (footer) => {
      addFooters(paper, footer);
      pdf.end();
      await done;
      return Buffer.concat(chunks);
    },
  };
}

function heading({ pdf, width }: Paper, text: string, beneath: string): void {
  pdf.font('bold').fontSize(17).fillColor(INK).text(text, MARGIN, MARGIN);
  pdf.font('regular').fontSize(9).fillColor(FAINT).text(beneath).moveDown(0.8);
  rule({ pdf, width });
  pdf.y += 8;
}

function section(paper: Paper, text: string): void {
  makeRoom(paper, 4 * ROW);
  paper.pdf.moveDown(0.9).font('bold').fontSize(10.5).fillColor(INK).text(text, MARGIN).moveDown(0.35);
}

function facts(paper: Paper, pairs: readonly (readonly [string, string])[]): void {
  const { pdf, width } = paper;
  for (let start = 0; start < pairs.length; start += 2) {
    makeRoom(paper, ROW);
    const y = pdf.y;
    for (const [index, [label, value]] of pairs.slice(start, start + 2).entries()) {
      const x = MARGIN + (index * width) / 2;
      const room = { width: width / 2 - 116, height: ROW, lineBreak: false, ellipsis: true };
      pdf.font('regular').fontSize(8).fillColor(FAINT).text(label, x, y, { width: 105 });
      pdf.fillColor(INK).text(value, x + 110, y, room);
    }
    pdf.x = MARGIN;
    pdf.y = y + ROW;
  }
}

function table(paper: Paper, columns: readonly TableColumn[], rows: readonly (readonly string[])[]): void {
  makeRoom(paper, 2 * ROW);
  tableHead(paper, columns);
  for (const row of rows) {
    if (makeRoom(paper, ROW)) tableHead(paper, columns);
    cells(paper, columns, { texts: row, font: 'regular' });
    rule(paper);
  }
}

function tableHead(paper: Paper, columns: readonly TableColumn[]): void {
  const { pdf, width } = paper;
  pdf.rect(MARGIN, pdf.y, width, ROW).fill(SHADE);
  cells(paper, columns, { texts: columns.map(({ label }) => label), font: 'bold' });
}

interface CellTexts {
  readonly texts: readonly string[];
  readonly font: 'regular' | 'bold';
}

function cells({ pdf, width }: Paper, columns: readonly TableColumn[], { texts, font }: CellTexts): void {
  const whole = columns.reduce((sum, column) => sum + column.width, 0);
  const y = pdf.y;
  let x = MARGIN;
  pdf.font(font).fontSize(7.5).fillColor(INK);
  for (const [index, { width: part, align }] of columns.entries()) {
    const share = (part / whole) * width;
    const room = { width: share - 6, height: ROW - 4, align, lineBreak: false, ellipsis: true };
    pdf.text(texts[index] ?? '', x + 3, y + 4, room);
    x += share;
  }
  pdf.x = MARGIN;
  pdf.y = y + ROW;
}

/** A line across, where the next thing goes. */
function rule({ pdf, width }: Pick<Paper, 'pdf' | 'width'>): void {
  pdf
    .moveTo(MARGIN, pdf.y)
    .lineTo(MARGIN + width, pdf.y)
    .lineWidth(0.5)
    .strokeColor(RULE)
    .stroke();
}

/** Begins a page when so much does not fit any more; answers whether it did. */
function makeRoom({ pdf, bottom }: Paper, height: number): boolean {
  if (pdf.y + height <= bottom) return false;
  pdf.addPage();
  return true;
}

function addFooters({ pdf, width }: Paper, footer: string): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    // Outside of the margins, where a text would begin a new page.
    pdf.page.margins.bottom = 0;
    const y = pdf.page.height - MARGIN - 6;
    pdf.font('regular').fontSize(7.5).fillColor(FAINT);
    pdf.text(footer, MARGIN, y, { width: width - 80, lineBreak: false });
    pdf.text(`Page ${page + 1} of ${count}`, MARGIN + width - 80, y, { width: 80, align: 'right' });
  }
}
