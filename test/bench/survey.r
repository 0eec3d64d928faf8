# Raking by R's survey, for versus.mjs and weighting.mjs: one JSON line.
#   Rscript survey.r PATH rake|calibrate    PATH.bin and PATH.json as in margin-files.mjs; to 1e-6 of all weight
# Seconds are those of rake() or calibrate() alone, not of making the design. error is the largest of a share.
suppressMessages(library(survey))
a <- commandArgs(TRUE)
json <- paste(readLines(paste0(a[1], ".json"), warn = FALSE), collapse = "")
lists <- sub('^.*"targets":\\[\\[', "", sub("\\]\\].*$", "", json))
asked <- lapply(strsplit(strsplit(lists, "],[", fixed = TRUE)[[1]], ","), as.numeric)
n <- as.integer(sub('^.*"n":([0-9]+).*$', "\\1", json))
raw <- readBin(paste0(a[1], ".bin"), "integer", n * length(asked), size = 1, signed = FALSE)
d <- as.data.frame(lapply(seq_along(asked), function(m)
  factor(raw[((m - 1) * n + 1):(m * n)], levels = which(asked[[m]] > 0) - 1)))
names(d) <- paste0("v", seq_along(asked))
d$w <- 1
rm(raw)
design <- svydesign(ids = ~1, weights = ~w, data = d)
v <- names(d)[seq_along(asked)]
freq <- lapply(asked, function(x) x[x > 0] * n)
began <- proc.time()
fitted <- if (a[2] == "rake") {
  rake(design, lapply(v, function(x) as.formula(paste0("~", x))),
    lapply(seq_along(v), function(m) {
      z <- data.frame(levels(d[[m]]), Freq = freq[[m]])
      names(z)[1] <- v[m]
      z
    }),
    control = list(maxit = 200, epsilon = 1e-6, verbose = FALSE))
} else {
  calibrate(design, as.formula(paste("~", paste(v, collapse = "+"))),
    c(`(Intercept)` = n, unlist(lapply(seq_along(v), function(m) setNames(freq[[m]], paste0(v[m], levels(d[[m]])))[-1]))),
    calfun = "raking", maxit = 50, epsilon = 1e-6)
}
took <- proc.time() - began
status <- "/proc/self/status"
peak <- if (file.exists(status)) as.numeric(gsub("[^0-9]", "", grep("VmHWM", readLines(status), value = TRUE))) / 1024
w <- weights(fitted)
error <- max(sapply(seq_along(v), function(m) max(abs(tapply(w, d[[m]], sum) / n - freq[[m]] / n))))
cat(sprintf('{"wallSeconds":%.4f,"cpuSeconds":%.4f,"rssMiB":%s,"error":%.3g,"value":%.8f}\n',
  took[["elapsed"]], sum(took[1:2]), if (is.null(peak)) "null" else sprintf("%.0f", peak), error, n * sum(w^2) / sum(w)^2))
