"""Sums JUnit reports. With --suite NAME: that suite's failures and its counts; else the line for all suites."""

import argparse
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

NO_TESTS = 5  # pytest's exit status when the selection is empty


class Counts:
    def __init__(self):
        self.passed = self.skipped = 0
        self.failures = []

    def add_report(self, path):
        for case in xml.parse(path).iter("testcase"):
            problem = case.find("failure")
            if problem is None:
                problem = case.find("error")
            if problem is not None or case.get("status") == "fail":
                self.failures.append((f"{case.get('classname')} {case.get('name')}", text_of(case, problem)))
            elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
                self.skipped += 1
            else:
                self.passed += 1

    def __str__(self):
        line = f"{self.passed} passed, {len(self.failures)} failed"
        return line + (f", {self.skipped} skipped" if self.skipped else "")


def text_of(case, problem):
    output = case.findtext("system-out") or ""
    text = "" if problem is None else (problem.text or problem.get("message") or "")
    return output if len(output) > len(text) else text


def count(suite, reports):
    """The counts of one suite; a suite that ended badly without a failed test counts as one failure."""
    counts = Counts()
    paths = [reports / f"{suite}.xml"] + sorted((reports / suite).glob("*.xml"))
    broken = ""
    for path in paths:
        try:
            if path.exists():
                counts.add_report(path)
        except xml.ParseError as error:
            broken = f"{path.name} is not complete: {error}. "
    status = int((reports / f"{suite}.exit").read_text())
    empty = status == NO_TESTS and suite.startswith("python") or (status == 2 and suite.startswith("java"))
    if empty and not broken and counts.passed == 0 and not counts.failures:
        return counts
    if (status != 0 or broken) and not counts.failures:
        log = (reports / f"{suite}.log").read_text(errors="replace")
        reason = "ran out of time" if status in (124, 137) else f"ended with exit status {status}"
        counts.failures.append((f"{suite} as a whole", f"{broken}It {reason}.\n{log[-3000:]}"))
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--suite")
    args = parser.parse_args()
    if args.suite:
        counts = count(args.suite, args.reports)
        for name, text in counts.failures:
            lines = text.strip().splitlines()
            print(f"   FAILED {name}")
            if len(lines) > 40:
                lines = lines[:15] + ["..."] + lines[-25:]
            print("".join(f"      {line}\n" for line in lines), end="")
        print(f"   {args.suite}: {counts}")
        return 0
    total = Counts()
    for status in sorted(args.reports.glob("*.exit")):
        one = count(status.stem, args.reports)
        total.passed += one.passed
        total.skipped += one.skipped
        total.failures += one.failures
    print(total, flush=True)
    return 1 if total.failures or total.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
