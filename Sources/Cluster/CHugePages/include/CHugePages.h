#pragma once

/// Has the heap of the process kept in huge pages where the kernel grants them on request, so that a growing cluster
/// pays one fault for two megabytes instead of one for every four kilobytes. Does nothing elsewhere. To be called once,
/// before other threads start.
void use_huge_pages(void);
