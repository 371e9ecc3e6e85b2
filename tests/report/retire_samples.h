#pragma once

#include "reembed/core/retire_report.h"

namespace reembed::testing {

/// Two old collections of one alias, a collection without any, one skipped: before it is done.
RetireReport RetirePlanned();
/// The same after it. Exit 0.
RetireReport RetireDone();
/// One old collection gone, one kept because an alias leads there; one collection missing. Exit 4.
RetireReport RetirePartly();
/// By a signal after the first deletion. Exit 130.
RetireReport RetireInterrupted();
/// Nothing is left of any switch. Exit 0.
RetireReport RetireOfNothing();

}  // namespace reembed::testing
