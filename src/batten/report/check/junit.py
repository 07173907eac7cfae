"""As JUnit's XML, which CI systems show as tests."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from batten.check import Finding, Report, Severity


def render(report: Report) -> str:
    """A case for each finding; errors and warnings fail, advice and accepted ones are skipped."""
    suite = Element("testsuite", name=f"batten check {report.stack}")
    failed = sum(_fails(found) for found in report.findings)
    for found in report.findings:
        _case(suite, found)
    if not report.findings:
        SubElement(suite, "testcase", name="no findings", classname=report.stack)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failed))
    suite.set("skipped", str(len(report.findings) - failed))
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _fails(found: Finding) -> bool:
    return found.accepted is None and found.severity.reaches(Severity.WARNING)


def _case(suite: Element, found: Finding) -> None:
    where = found.service or "the stack"
    case = SubElement(suite, "testcase", name=f"{found.rule} ({where})", classname=found.rule)
    if found.at:
        case.set("file", found.at.shown_file)
        case.set("line", str(found.at.line or 1))
    if _fails(found):
        failure = SubElement(case, "failure", type=found.severity, message=_clean(found.message))
        failure.text = _clean(f"{found.at}: {found.message}\nhint: {found.hint}")
    else:
        why = f"accepted: {found.accepted}" if found.accepted else found.message
        SubElement(case, "skipped", message=_clean(why))


def _clean(text: str) -> str:
    """Without the control characters that XML cannot carry."""
    return "".join(char for char in text if char >= " " or char in "\n\t")
