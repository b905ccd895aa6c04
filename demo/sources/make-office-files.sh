#!/bin/sh
# Makes the Office and PDF files of ../documents from the sources here. Needs LibreOffice (soffice).
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
convert() { soffice --headless "-env:UserInstallation=file://$work/profile" --outdir "$work" "$@" >/dev/null; }
convert --convert-to odt:writer8 '--infilter=HTML (StarWriter)' lease.html guides.html
convert --convert-to pdf "$work/lease.odt"
convert --convert-to docx "$work/guides.odt"
convert --convert-to 'xlsx:Calc MS Excel 2007 XML' '--infilter=CSV:44,34,76,1' prices.csv
convert --convert-to pptx season-plan.fodp
cp "$work/lease.pdf" ../documents/company/boathouse-lease.pdf
cp "$work/guides.docx" ../documents/company/accordo-guide.docx
cp "$work/prices.xlsx" ../documents/company/prices-2026.xlsx
cp "$work/season-plan.pptx" ../documents/company/season-2026.pptx
rm -r "$work"
