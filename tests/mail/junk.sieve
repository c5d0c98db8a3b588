require ["fileinto"];
# Stands for a spam filter that suspects every message to one mailbox.
if address :is "to" "junk@lab.test" {
  fileinto "Junk";
  stop;
}
