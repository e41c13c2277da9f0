"""Search 搜索: one index for the whole site, in which two-character words are found."""
