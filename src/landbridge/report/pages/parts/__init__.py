"""What every page is made of: HTML, tables, sections, sentences, the workbook."""
