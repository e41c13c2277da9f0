"""What actions are called in Chinese; an action without a name shows its key."""

from __future__ import annotations

ACTIONS = {
    "facts.declared": "企业填报信息",
    "facts.observed": "部门录入信息",
    "enterprise.looked": "查看档案",
    "snapshot.frozen": "冻结数据快照",
    "machine.created": "建立接口客户端",
    "machine.revoked": "停用接口客户端",
    "feedback.answered": "处理网页找错",
    "claim.made": "提出企业认领",
    "claim.decided": "处理企业认领",
    "member.added": "加入成员",
    "member.ended": "结束成员身份",
}
