/**
 * Pages of a PDF as a statement needs them: headings, facts in two columns, tables whose head is repeated on
 * each page, and a footer with the number of pages. Sizes are in points, on A4.
 */
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

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

export function openSheet(about: { title: string; madeOn: Date }): Sheet {
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
  const width = pdf.page.width - 2 * MARGIN;
  const bottom = pdf.page.height - MARGIN - FOOTER;

  const line = (y: number): void =>
    void pdf
      .moveTo(MARGIN, y)
      .lineTo(MARGIN + width, y)
      .lineWidth(0.5)
      .strokeColor(RULE)
      .stroke();

  const makeRoom = (height: number): boolean => {
    if (pdf.y + height <= bottom) return false;
    pdf.addPage();
    return true;
  };

  const cells = (
    columns: readonly TableColumn[],
    texts: readonly string[],
    { font, color }: { font: 'regular' | 'bold'; color: string },
  ): void => {
    const whole = columns.reduce((sum, column) => sum + column.width, 0);
    const y = pdf.y;
    let x = MARGIN;
    pdf.font(font).fontSize(7.5).fillColor(color);
    columns.forEach((column, index) => {
      const share = (column.width / whole) * width;
      pdf.text(texts[index] ?? '', x + 3, y + 4, {
        width: share - 6,
        height: ROW - 4,
        align: column.align,
        lineBreak: false,
        ellipsis: true,
      });
      x += share;
    });
    pdf.x = MARGIN;
    pdf.y = y + ROW;
  };

  const tableHead = (columns: readonly TableColumn[]): void => {
    pdf.rect(MARGIN, pdf.y, width, ROW).fill(SHADE);
    cells(
      columns,
      columns.map(({ label }) => label),
      { font: 'bold', color: INK },
    );
  };

  return {
    heading: (text, beneath) => {
      pdf.font('bold').fontSize(17).fillColor(INK).text(text, MARGIN, MARGIN);
      pdf.font('regular').fontSize(9).fillColor(FAINT).text(beneath).moveDown(0.8);
      line(pdf.y);
      pdf.y += 8;
    },
    section: (text) => {
      makeRoom(4 * ROW);
      pdf.moveDown(0.9).font('bold').fontSize(10.5).fillColor(INK).text(text, MARGIN).moveDown(0.35);
    },
    facts: (pairs) => {
      for (let start = 0; start < pairs.length; start += 2) {
        makeRoom(ROW);
        const y = pdf.y;
        pairs.slice(start, start + 2).forEach(([label, value], index) => {
          const x = MARGIN + (index * width) / 2;
          pdf.font('regular').fontSize(8).fillColor(FAINT).text(label, x, y, { width: 105 });
          pdf.fillColor(INK).text(value, x + 110, y, {
            width: width / 2 - 116,
            height: ROW,
            lineBreak: false,
            ellipsis: true,
          });
        });
        pdf.x = MARGIN;
        pdf.y = y + ROW;
      }
    },
    table: (columns, rows) => {
      makeRoom(2 * ROW);
      tableHead(columns);
      for (const row of rows) {
        if (makeRoom(ROW)) tableHead(columns);
        cells(columns, row, { font: 'regular', color: INK });
        line(pdf.y);
      }
    },
    end: async (footer) => {
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
      pdf.end();
      await done;
      return Buffer.concat(chunks);
    },
  };
}
